const esc = '\u001b';

/** Characters that a terminal obeys or does not show, or that readers of JSON take for the end of a line; without tab and line feed. */
const unseen = String.raw`[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\t\n]]`;

// No script needs more than eight on one base; hundreds would draw over the lines above and below.
const mark = String.raw`[\p{M}--\p{Default_Ignorable_Code_Point}]`;

const suspect = new RegExp(`${unseen}|${mark}{9}`, 'v');

// A colour contains no words, so it can be removed. Its length is bounded, as in a terminal's parser.
const colour = String.raw`${esc}\[[\d;:]{0,64}m`;

// The first half of the end of a line on Windows.
const lineEnd = String.raw`\r(?=\n|$)`;

// Characters that join emoji, give them colours or make flags are invisible too, and are kept in emoji. `\p{RGI_Emoji}` would be
// stricter, but takes some hundred steps for each character.
const picture = String.raw`[\p{Extended_Pictographic}&&\p{Emoji}][\ufe0e\ufe0f\p{Emoji_Modifier}]?`;
const flagOf = (region: string): string =>
  [...`gb${region}`].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
const flags = ['eng', 'sct', 'wls'].map(flagOf).join('|');
const emoji = String.raw`🏴(?:${flags})\u{e007f}|[0-9#*]\ufe0f\u20e3|${picture}(?:\u200d${picture}){0,8}`;

// What is kept, what is removed, and what is written out.
const decided = new RegExp(
  `${emoji}|(${colour}|${lineEnd})|(${unseen}|(?<=${mark}{8})${mark}+)`,
  'gv',
);

/**
 * A text of another party that is safe to print on any terminal; its lines stay as they are. Everything that is printed goes through
 * this function. Characters that a terminal obeys or hides (control characters of both sets, escapes, controls of the writing
 * direction, line separators, characters without width, lone surrogates) are written out as `\u{1b}`, and colours are removed. Since
 * no escape passes, it does not matter where a sequence ends, or whether it ends. The time is proportional to the length.
 */
export const visible = (text: string): string =>
  suspect.test(text)
    ? text.replace(decided, (whole: string, gone?: string, signs?: string) => {
        if (gone !== undefined) return '';
        return signs === undefined ? whole : [...signs].map(spelled).join('');
      })
    : text;

/** The same in one line: each line break and each tab becomes a space. */
export const visibleLine = (text: string): string =>
  visible(text.replace(/[\t\n\r]+/g, ' ')).trim();

/** A text for an exact quotation: every such character is written out, also in an emoji or a colour. */
export const spelledOut = (text: string): string =>
  text.replace(unseenAll, spelled).replace(/[\t\n]/g, spelled);

const unseenAll = new RegExp(unseen, 'gv');

/** The JSON text of a value, in which every such character is escaped; with `indent`, over several lines. */
export const visibleJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(unseenAll, unitsOf);

const spelled = (sign: string): string => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;

const unitsOf = (sign: string): string =>
  sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
