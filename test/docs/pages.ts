import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** One page of the documentation. */
export interface DocPage {
  /** Below the project's folder. */
  readonly path: string
  readonly text: string
}

/** Every page there is. */
export const docPages: readonly DocPage[] = ['*.md', 'src/**/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .toSorted()
  .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }))

/** One of them. @throws Error there is none of this path */
export function docPage(path: string): DocPage {
  const found = docPages.find((page) => page.path === path)
  if (found === undefined) throw new Error(`there is no ${path}`)
  return found
}

/** A fenced block. */
export interface Fence {
  readonly language: string
  readonly text: string
}

const fence = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm

/** The fenced blocks of a page. */
export const fencesOf = ({ text }: DocPage): readonly Fence[] =>
  [...text.matchAll(fence)].map(([, indent = '', language = '', body = '']) => {
    return { language, text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }
  })

/** The page without its fenced blocks and comments. */
export const proseOf = ({ text }: DocPage): string => text.replace(fence, '').replace(/<!--[\s\S]*?-->/g, '')

/** What a page says in code: each span, and each line of its shell blocks. */
export function codeOf(page: DocPage): readonly string[] {
  const spans = [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll('\n', ' '))
  const lines = fencesOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))
  return [...spans, ...lines.map((line) => line.replace(/\s#.*$/, ''))]
}

/** Places that a link can lead to, by GitHub's rule. */
export function anchorsOf(page: DocPage): ReadonlySet<string> {
  const headings = proseOf(page).matchAll(/^#{1,6} (.+)$/gm)
  const slugs = [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
  return new Set(slugs)
}

/** Where a page's relative links lead. */
export const linksOf = (page: DocPage): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
