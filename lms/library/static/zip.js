// A ZIP of files that the browser has, stored without compression. Its parts stay where they are until they are sent:
// only the checksums are computed beforehand, piece by piece. The same files give the same bytes.
const CHUNK = 4 * 1024 * 1024;
const UTF8 = 0x0800;
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

// entries: [{ path, file }]
export async function zipped(entries) {
  const sorted = entries.map(({ path, file }) => ({ path: path.normalize("NFC"), file }));
  sorted.sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = [];
  const directory = [];
  let at = 0;
  for (const { path, file } of sorted) {
    const name = new TextEncoder().encode(path);
    const facts = [UTF8, 0, ...moment(file.lastModified), await crc32(file), file.size, file.size, name.length, 0];
    const head = record([0x04034b50, 4], [20, 2], ...fields(facts));
    parts.push(head, name, file);
    directory.push(record([0x02014b50, 4], [20, 2], [20, 2], ...fields(facts), [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), name);
    at += head.length + name.length + file.size;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const count = sorted.length;
  const end = record([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [length, 4], [at, 4], [0, 2]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

// Flags, method, time, day, checksum, two sizes, and the lengths of name and extra field.
function fields(facts) {
  return facts.map((value, index) => [value, index >= 4 && index <= 6 ? 4 : 2]);
}

function record(...values) {
  const view = new DataView(new ArrayBuffer(values.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of values) {
    if (width === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

function moment(milliseconds) {
  const date = new Date(Math.max(milliseconds, Date.UTC(1980, 0, 2)));
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  return [time, ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate()];
}

async function crc32(file) {
  let sum = -1;
  for (let at = 0; at < file.size; at += CHUNK) {
    const bytes = new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer());
    for (let index = 0; index < bytes.length; index += 1) sum = TABLE[(sum ^ bytes[index]) & 255] ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}
