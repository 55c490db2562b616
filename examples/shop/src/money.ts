/** An amount in whole cents: no arithmetic on fractions. */
export interface Money {
  cents: number;
  currency: 'EUR' | 'USD';
}

export const euros = (amount: number): Money => ({
  cents: Math.round(amount * 100),
  currency: 'EUR',
});

export function add(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new Error(`cannot add ${a.currency} and ${b.currency}`);
  return { cents: a.cents + b.cents, currency: a.currency };
}

export function multiply(money: Money, factor: number): Money {
  return { cents: Math.round(money.cents * factor), currency: money.currency };
}

export function format(money: Money): string {
  const amount = (money.cents / 100).toFixed(2);
  if (money.currency === 'USD') {
    return `$${amount}`;
  }
  return `${amount} €`;
}
