import { useState } from 'react';

export function Counter({ limit }) {
  const [count, setCount] = useState(0);
  if (count >= limit) {
    return <p>That is enough.</p>;
  }
  return <button onClick={() => setCount(count + 1)}>{count} clicks</button>;
}
