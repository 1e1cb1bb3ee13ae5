// `btoa` takes a string with one character per byte. It is built in chunks that fit an argument list.
const CHUNK = 0x8000;

/** Encodes bytes as base64. */
export function toBase64(bytes) {
  if (typeof Buffer === "function") {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
  const chunks = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    chunks.push(String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK)));
  }
  return btoa(chunks.join(""));
}

/** Decodes base64. */
export function fromBase64(text) {
  if (typeof Buffer === "function") {
    // A copy, because small Node buffers share a pool.
    return new Uint8Array(Buffer.from(text, "base64"));
  }
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) {
    bytes[at] = binary.charCodeAt(at);
  }
  return bytes;
}
