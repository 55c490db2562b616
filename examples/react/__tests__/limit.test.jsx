import { Counter } from '../src/Counter';
import { click, render } from '../src/render';

test('stops at the limit', async () => {
  const page = await render(<Counter limit={1} />);
  await click(page);
  expect(page.textContent).toBe('That is enough.');
});
