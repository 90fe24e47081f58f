/** Fractions of whole numbers of any size: arithmetic without rounding, to hold that of doubles against. */
export interface Rational {
  readonly numerator: bigint;
  /** Above 0. */
  readonly denominator: bigint;
}

export function ratio(numerator: bigint, denominator: bigint): Rational {
  if (denominator === 0n) throw new Error('a fraction of nothing');
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestDivisor(numerator < 0n ? -numerator : numerator, denominator * sign) || 1n;
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** A number as its shortest decimal says it: what a profile writes. */
export function ofDecimal(value: number): Rational {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', part = ''] = digits.split('.');
  const shift = BigInt(part.length) - BigInt(exponent);
  const scaled = BigInt(whole + part);
  return shift >= 0n ? ratio(scaled, 10n ** shift) : ratio(scaled * 10n ** -shift, 1n);
}

export const plus = (a: Rational, b: Rational): Rational =>
  ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
export const negative = ({ numerator, denominator }: Rational): Rational => ({ numerator: -numerator, denominator });
export const minus = (a: Rational, b: Rational): Rational => plus(a, negative(b));
export const times = (a: Rational, b: Rational): Rational =>
  ratio(a.numerator * b.numerator, a.denominator * b.denominator);
export const over = (a: Rational, b: Rational): Rational =>
  ratio(a.numerator * b.denominator, a.denominator * b.numerator);

/** Below 0, 0 or above 0, as a is below, at or above b. */
export function order(a: Rational, b: Rational): number {
  const difference = minus(a, b).numerator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function floor({ numerator, denominator }: Rational): number {
  const cut = numerator / denominator;
  return Number(numerator < 0n && cut * denominator !== numerator ? cut - 1n : cut);
}
export const ceiling = (a: Rational): number => -floor(negative(a));

/** The double nearest to a fraction, as far as 17 digits tell. */
export function toNumber({ numerator, denominator }: Rational): number {
  const whole = numerator / denominator;
  const rest = numerator - whole * denominator;
  const scale = 10n ** 20n;
  return Number(whole) + Number((rest * scale) / denominator) / 1e20;
}

/** True if so many of it make a whole number. */
export const isPartOf = ({ denominator }: Rational, parts: bigint): boolean => parts % denominator === 0n;
