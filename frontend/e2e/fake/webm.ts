// Builds a video of one picture (RFC 8794, RFC 9559): VP8 with only key frames,
// so that every position can be reached.
const FRAME = Buffer.from(
  'cAQAnQEqGAAQAD4xFIhCoiEhGAQAIAMEoAuy6AfgB+AFKA/ACu/9wAA5igAA/vnuf/7Y3P/t7/+2H//9jL5MqHSvh8/G6eO/If/+DMFl3P/E/8GY/sFv5VWYhIAAAA==',
  'base64',
);
const WIDTH = 24;
const HEIGHT = 16;
const A_SECOND = 10; // frames

/** A video of a number of seconds. */
export function webm(seconds: number): Buffer {
  const clusters = Array.from({ length: seconds }, (_, second) => {
    const blocks = Array.from({ length: A_SECOND }, (_, n) => {
      const head = Buffer.from([0x81, 0, 0, 0x80]);
      head.writeInt16BE((n * 1_000) / A_SECOND, 1);
      return element('a3', Buffer.concat([head, FRAME]));
    });
    return element('1f43b675', element('e7', number(second * 1_000)), ...blocks);
  });
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(seconds * 1_000);
  const info = element('1549a966', element('2ad7b1', number(1_000_000)), element('4489', duration));
  const video = element('e0', element('b0', number(WIDTH)), element('ba', number(HEIGHT)));
  const track = [element('d7', number(1)), element('73c5', number(1)), element('83', number(1))];
  const tracks = element('1654ae6b', element('ae', ...track, element('86', Buffer.from('V_VP8')), video));
  // The index has the positions of the clusters and precedes them, so its length must not depend on its values.
  const cues = (start: number) =>
    element(
      '1c53bb6b',
      ...clusters.map((cluster, n) => {
        const at = start + n * cluster.length;
        const place = element('b7', element('f7', number(1)), element('f1', number(at)));
        return element('bb', element('b3', number(n * 1_000)), place);
      }),
    );
  const before = info.length + tracks.length + cues(0).length;
  const segment = element('18538067', info, tracks, cues(before), ...clusters);
  const head = element('1a45dfa3', element('4282', Buffer.from('webm')), element('4287', number(2)));
  return Buffer.concat([head, segment]);
}

function element(id: string, ...bodies: Buffer[]): Buffer {
  const body = Buffer.concat(bodies);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length));
  size[0] = 1; // a length of eight bytes
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
}

function number(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
}
