import type { PromptId } from '../config/prompts/english.ts'

const promptOf: Readonly<Record<string, PromptId>> = {
  '0': 'number-0',
  '1': 'number-1',
  '2': 'number-2',
  '3': 'number-3',
  '4': 'number-4',
  '5': 'number-5',
  '6': 'number-6',
  '7': 'number-7',
  '8': 'number-8',
  '9': 'number-9',
  '+': 'plus',
  '*': 'star',
  '#': 'pound',
}

/** The recordings that say a number digit by digit; characters that cannot be dialled are left out. */
export function digitPrompts(number: string): readonly PromptId[] {
  return Array.from(number).flatMap((character) => promptOf[character] ?? [])
}
