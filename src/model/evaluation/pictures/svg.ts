/** A picture without the element around it. Lengths are pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Says what it is, and what is to be seen, for those who can't see it. */
  readonly title: string;
  readonly description: string;
  /** SVG elements. */
  readonly body: string;
}

const style = `
    svg { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
    text { fill: #1f2933; font-size: 12px; }
    .title { font-weight: 600; font-size: 15px; }
    .middle { text-anchor: middle; }
    .end { text-anchor: end; }
    .page { fill: #ffffff; }
    .frame { fill: none; stroke: #7d8794; }
    .guide { stroke: #e1e5ea; }
    .line { fill: none; stroke: #1f5fa8; stroke-width: 2; }
    .dot { fill: #1f5fa8; }
    .ideal { stroke: #b35900; stroke-dasharray: 5 4; stroke-width: 1.5; }
    .bar { fill: #9db9da; }
    .unknown { fill: #d9dde2; }
    .name { paint-order: stroke; stroke: #ffffff; stroke-width: 3; font-weight: 600; }
    .border { fill: none; stroke: #12161c; stroke-width: 1.2; }
  `;

/** Text as it may stand in an element or an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A coordinate without digits that nobody sees. */
export function pixels(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A text whose middle, begin or end is at a place. */
export function label(x: number, y: number, text: string, classes = ''): string {
  const named = classes === '' ? '' : ` class="${classes}"`;
  return `<text x="${pixels(x)}" y="${pixels(y)}"${named}>${escaped(text)}</text>`;
}

/** A rectangle of a class, or filled with a colour. */
export function rectangle(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  look: { readonly class: string } | { readonly fill: string },
): string {
  const place = Object.entries(box).map(([name, value]) => `${name}="${pixels(value)}"`);
  const [[kind, value] = ['class', '']] = Object.entries(look);
  return `<rect ${place.join(' ')} ${kind}="${value}"/>`;
}

/** The picture as a document of its own, on a white page, that needs nothing else. */
export function svgDocument({ width, height, title, description, body }: Drawing): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">${escaped(title)}</title>
  <desc id="description">${escaped(description)}</desc>
  <style>${style}</style>
  <rect class="page" width="${width}" height="${height}"/>
${body}
</svg>
`;
}
