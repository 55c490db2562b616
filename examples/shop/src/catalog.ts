import { euros, type Money } from './money';

export interface Product {
  sku: string;
  name: string;
  price: Money;
  weight: number;
  category: 'book' | 'toy' | 'food';
}

const products: Product[] = [
  { sku: 'b1', name: 'Atlas', price: euros(30), weight: 1.2, category: 'book' },
  { sku: 'b2', name: 'Novel', price: euros(12.5), weight: 0.4, category: 'book' },
  { sku: 't1', name: 'Train', price: euros(45), weight: 2.5, category: 'toy' },
  { sku: 'f1', name: 'Tea', price: euros(4.2), weight: 0.1, category: 'food' },
];

export function find(sku: string): Product {
  const product = products.find((candidate) => candidate.sku === sku);
  if (!product) {
    throw new Error(`no product ${sku}`);
  }
  return product;
}

export function search(text: string): Product[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return products.filter(
    ({ name, category }) => name.toLowerCase().includes(wanted) || category === wanted,
  );
}
