// Compares how many times per second two functions run, alternating between them.
const ROUNDS = 9;

/** Prints both rates, and the first as a share of the second. */
export function beside(name, count, ours, theirs, other) {
  const rates = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, work] of [ours, theirs].entries()) {
      const begin = performance.now();
      for (let i = 0; i < count; i++) work(i);
      const rate = (count * 1000) / (performance.now() - begin);
      if (round > 0) rates[index].push(rate);
    }
  }
  const [mine, yours] = rates.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]);
  const number = (rate) => Math.round(rate).toLocaleString("en").padStart(9);
  console.log(`${name.padEnd(28)} ${number(mine)}/s   ${other.padEnd(22)} ${number(yours)}/s   ${(mine / yours).toFixed(2)} x`);
}

/** Returns the lines between the first two lines of `---`: all that a reader of YAML sees. */
export function frontmatter(text) {
  return /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? "";
}

/** Calls a function that may fail; a file that a reader rejects has been read as well. */
export function tried(work) {
  try {
    work();
  } catch {
    // It is rejected.
  }
}
