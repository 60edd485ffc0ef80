/**
 * Preloaded (`--import`) into a bridge whose reader is to have a fatal flaw: the process dies at the moment at which it
 * reads a list of the ATS that holds one of the words that its address is imported with, as it would by a text that a
 * parser cannot survive. A webhook is no list: what is poisonous is taken in, and kills whoever works on it.
 */
const words = new URL(import.meta.url).searchParams.getAll('word')
const parse = JSON.parse

JSON.parse = (text, reviver) => {
  const isFatal = String(text).startsWith('[') && words.some((word) => text.includes(word))
  if (isFatal) process.kill(process.pid, 'SIGKILL')
  return parse(text, reviver) as unknown
}
