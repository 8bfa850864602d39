// Builds PDFs with the content that a test needs.

export interface PdfOptions {
  /** The text on each page. */
  pages: string[];
  /** Adds actions that run or open things when the PDF is opened. */
  active?: boolean;
  /** Requires a password. */
  locked?: boolean;
  /** Unused bytes between the first page and the others. */
  ballast?: number;
  /** Omits the index of objects. */
  indexless?: boolean;
}

const ACTION = "<</S/JavaScript/JS(app.alert\\(1\\); this.submitForm\\('/ran'\\); app.launchURL\\('/ran'\\))>>";
const PAPER = '/MediaBox[0 0 420 595]';

export function pdf({ pages, active, locked, ballast = 0, indexless }: PdfOptions): Buffer {
  const kids = pages.map((_, n) => `${10 + 2 * n} 0 R`).join(' ');
  const link = '/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 420 595]/A<</S/URI/URI(/ran)>>/Border[0 0 9]>>]';
  const objects = new Map<number, string | Buffer>([
    [1, `<</Type/Catalog/Pages 2 0 R${active ? `/OpenAction ${ACTION}/AA<</WC ${ACTION}>>` : ''}>>`],
    [2, `<</Type/Pages/Count ${pages.length}/Kids[${kids}]>>`],
    [3, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>'],
    [4, '<</Filter/Standard/V 1/R 2/P -44/O(12345678901234567890123456789012)/U(12345678901234567890123456789012)>>'],
  ]);
  pages.forEach((text, n) => {
    const more = active ? `${link}/AA<</O ${ACTION}>>` : '';
    const body = `0.9 0.93 0.96 rg 0 0 420 595 re f 0 g BT /F 28 Tf 48 480 Td (${text}) Tj ET`;
    if (n === 1 && ballast > 0) objects.set(5, stream(Buffer.alloc(ballast, 'x')));
    const resources = `/Resources<</Font<</F 3 0 R>>>>${PAPER}/Contents ${11 + 2 * n} 0 R`;
    objects.set(10 + 2 * n, `<</Type/Page/Parent 2 0 R${resources}${more}>>`);
    objects.set(11 + 2 * n, stream(Buffer.from(body, 'latin1')));
  });
  return put(objects, locked ? '/Encrypt 4 0 R/ID[(1234567890123456)(1234567890123456)]' : '', indexless ?? false);
}

function stream(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`<</Length ${body.length}>>stream\n`), body, Buffer.from('\nendstream')]);
}

function put(objects: Map<number, string | Buffer>, trailer: string, indexless: boolean): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const at = new Map<number, number>();
  let length = parts[0]!.length;
  const add = (part: string | Buffer) => {
    const bytes = Buffer.from(part as string);
    parts.push(bytes);
    length += bytes.length;
  };
  for (const [n, body] of objects) {
    at.set(n, length);
    add(`${n} 0 obj\n`);
    add(body);
    add('\nendobj\n');
  }
  const start = indexless ? 0 : length;
  const most = Math.max(...objects.keys());
  if (!indexless) add(`xref\n0 ${most + 1}\n${entries(at, most)}`);
  add(`trailer\n<</Size ${most + 1}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}

function entries(at: Map<number, number>, most: number): string {
  const lines = ['0000000000 65535 f \n'];
  for (let n = 1; n <= most; n++) {
    const place = at.get(n);
    lines.push(place === undefined ? '0000000000 00000 f \n' : `${String(place).padStart(10, '0')} 00000 n \n`);
  }
  return lines.join('');
}
