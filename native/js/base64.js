// Node has a fast way; what browsers have takes one character a byte, in pieces that an argument list can hold.
const PIECE = 0x8000;

/** Writes bytes in base64. */
export function toBase64(bytes) {
  if (typeof Buffer === "function") {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(String.fromCharCode.apply(null, bytes.subarray(at, at + PIECE)));
  }
  return btoa(pieces.join(""));
}

/** Reads bytes from base64. */
export function fromBase64(text) {
  if (typeof Buffer === "function") {
    // A copy: small buffers share one piece of memory with others.
    return new Uint8Array(Buffer.from(text, "base64"));
  }
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) {
    bytes[at] = binary.charCodeAt(at);
  }
  return bytes;
}
