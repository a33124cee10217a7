/** A number of DynamoDB: `digits` × 10^`exponent`, without trailing zeros in the digits. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const small = /^-?\d{1,15}$/;

/** Negative, zero or positive, as `one` is less than, equal to or more than `other`; both are valid numbers. */
export const compareNumbers = (one: string, other: string): number => {
  if (one === other) return 0;
  if (small.test(one) && small.test(other)) return Number(one) - Number(other);
  const { digits } = difference(decimalOf(one), decimalOf(other));
  return digits < 0n ? -1 : Number(digits > 0n);
};

/** Exact, as DynamoDB calculates. */
export const sumOf = (one: string, other: string): string => {
  const { digits, exponent } = decimalOf(other);
  return textOf(difference(decimalOf(one), { digits: -digits, exponent }));
};

export const differenceOf = (one: string, other: string): string =>
  textOf(difference(decimalOf(one), decimalOf(other)));

/** A number as DynamoDB gives it back: without an exponent, leading zeros or trailing zeros of a fraction. */
export const canonicalNumber = (text: string): string =>
  small.test(text) && !/^-?0/.test(text) ? text : textOf(decimalOf(text));

/** Why DynamoDB refuses this number, in AWS's words; undefined when it stores it. */
export const numberRefusal = (text: unknown): string | undefined => {
  if (typeof text !== 'string') return 'The parameter cannot be converted to a numeric value';
  if (small.test(text)) return undefined;
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,5})?\s*$/i.test(text)) {
    return `The parameter cannot be converted to a numeric value${text === '' ? '' : `: ${text}`}`;
  }
  const { digits, exponent } = decimalOf(text);
  const length = String(digits < 0n ? -digits : digits).length;
  const magnitude = exponent + length - 1;
  if (digits === 0n) return undefined;
  if (magnitude > 125)
    return 'Number overflow. Attempting to store a number with magnitude larger than supported range';
  if (magnitude < -130)
    return 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
  return length > 38
    ? 'Attempting to store more than 38 significant digits in a Number'
    : undefined;
};

const decimalOf = (text: string): Decimal => {
  const [mantissa = '', power = '0'] = text.trim().toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('+', '').split('.');
  const all = `${whole}${fraction}`;
  const kept = all.replace(/0+$/, '');
  const digits = BigInt(/\d/.test(kept) ? kept : '0');
  if (digits === 0n) return { digits, exponent: 0 };
  return { digits, exponent: Number(power) - fraction.length + (all.length - kept.length) };
};

const difference = (one: Decimal, other: Decimal): Decimal => {
  const exponent = Math.min(one.exponent, other.exponent);
  const scaled = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  return { digits: scaled(one) - scaled(other), exponent };
};

const textOf = ({ digits, exponent }: Decimal): string => {
  if (exponent >= 0) return String(digits * 10n ** BigInt(exponent));
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(1 - exponent, '0');
  const fraction = text.slice(exponent).replace(/0+$/, '');
  return `${sign}${text.slice(0, exponent)}${fraction === '' ? '' : `.${fraction}`}`;
};
