import { Greeting } from '../src/Greeting';
import { render } from '../src/render';

test('greets', async () => {
  const page = await render(<Greeting name="Ada" />);
  expect(page.textContent).toBe('Hello Ada!');
});
