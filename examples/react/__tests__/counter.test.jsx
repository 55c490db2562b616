import { Counter } from '../src/Counter';
import { click, render } from '../src/render';

test('counts clicks', async () => {
  const page = await render(<Counter limit={5} />);
  await click(page);
  expect(page.textContent).toBe('1 clicks');
});
