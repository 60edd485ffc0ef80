/** Invented people for the demo and tests; none of them exists. */

/** A person as the sandboxes take them. */
export interface Person {
  readonly firstName: string
  readonly lastName: string
  readonly email: string
}

const names: readonly (readonly [string, string])[] = [
  ['Amara', 'Quillfeather'],
  ['Bjarne', 'Østerlund'],
  ['Chidi', 'Marlowe'],
  ['Delphine', 'Okonjo-Hart'],
  ['Emre', 'Zandvoort'],
  ['Florence', 'O’Malleybridge'],
  ['Goran', 'Pettibone'],
  ['Hana', 'Willowmere'],
  ['Ines', 'Castelbranco'],
  ['Jonas', 'Featherstone'],
]

const plain = (text: string): string =>
  text
    .replaceAll('Ø', 'O')
    .replaceAll(/[^A-Za-z-]/g, '')
    .toLowerCase()

/** The nth invented person, from 0. Names do not repeat within the first hundred, addresses never. */
export function person(index: number): Person {
  const round = Math.floor(index / names.length)
  const [firstName] = names[index % names.length] ?? ['Nobody']
  const [, lastName] = names[(index + round) % names.length] ?? ['', 'Nowhere']
  const suffix = round < names.length ? '' : `.${round}`
  return { firstName, lastName, email: `${plain(firstName)}.${plain(lastName)}${suffix}@example.com` }
}

/** A one-page PDF without text: small, and a PDF to anyone who looks at its first bytes. */
export const samplePdf: Buffer = Buffer.from(
  [
    '%PDF-1.4',
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj',
    'trailer<</Root 1 0 R>>',
    '%%EOF',
    '',
  ].join('\n'),
)
