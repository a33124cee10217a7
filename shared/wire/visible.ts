const esc = '\u001b';

/** Signs that a terminal obeys or does not show, and that readers of JSON take for ends of lines: but tab and line feed. */
const unseen = String.raw`[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\t\n]]`;

// Eight on one base are more than any script takes; hundreds would draw over the lines around.
const mark = String.raw`[\p{M}--\p{Default_Ignorable_Code_Point}]`;

const suspect = new RegExp(`${unseen}|${mark}{9}`, 'v');

// A colour has no words in it, so it may go. Its length is bounded, as a terminal's parser bounds it.
const colour = String.raw`${esc}\[[\d;:]{0,64}m`;

// The end of a line as Windows writes it.
const lineEnd = String.raw`\r(?=\n|$)`;

// What joins emoji, gives them their colours or makes a flag is unseen too, and kept where it does that. `\p{RGI_Emoji}`
// would say it more strictly, but takes some hundred steps for each sign.
const picture = String.raw`[\p{Extended_Pictographic}&&\p{Emoji}][\ufe0e\ufe0f\p{Emoji_Modifier}]?`;
const flagOf = (region: string): string =>
  [...`gb${region}`].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
const flags = ['eng', 'sct', 'wls'].map(flagOf).join('|');
const emoji = String.raw`🏴(?:${flags})\u{e007f}|[0-9#*]\ufe0f\u20e3|${picture}(?:\u200d${picture}){0,8}`;

// What is kept, what goes, and what is spelled out.
const decided = new RegExp(
  `${emoji}|(${colour}|${lineEnd})|(${unseen}|(?<=${mark}{8})${mark}+)`,
  'gv',
);

/**
 * A stranger's text as any terminal may have it, in the lines that it has. This decides for all that is printed: signs that
 * a terminal obeys or hides (control signs of both sets, escapes, the controls of writing direction, separators of lines,
 * whatever has no width, lone surrogates) are spelled out as `\u{1b}`, and colours are left out. As no escape is let
 * through, it does not matter where a sequence ends, or whether. Takes time in proportion to the text.
 */
export const visible = (text: string): string =>
  suspect.test(text)
    ? text.replace(decided, (whole: string, gone?: string, signs?: string) => {
        if (gone !== undefined) return '';
        return signs === undefined ? whole : [...signs].map(spelled).join('');
      })
    : text;

/** The same as one line: what breaks a line or moves to a column is a space. */
export const visibleLine = (text: string): string =>
  visible(text.replace(/[\t\n\r]+/g, ' ')).trim();

/** A text for a quotation, which is to be exact: every such sign of it is spelled out, also in an emoji or a colour. */
export const spelledOut = (text: string): string =>
  text.replace(unseenAll, spelled).replace(/[\t\n]/g, spelled);

const unseenAll = new RegExp(unseen, 'gv');

/** A value as JSON text that means the same, and in which every such sign is escaped; with `indent`, over several lines. */
export const visibleJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(unseenAll, unitsOf);

const spelled = (sign: string): string => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;

const unitsOf = (sign: string): string =>
  sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
