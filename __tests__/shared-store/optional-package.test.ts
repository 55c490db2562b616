import { loadOptional } from '../../src/shared-store/optional-package';

describe('a package that only some stores need', () => {
  it('is loaded where it is installed', () => {
    expect(loadOptional('pg')).toHaveProperty('Client');
  });

  it('is asked for where it is not', () => {
    const name = 'a-package-that-nobody-has';
    const message = `this shared store needs the package ${name}: npm install --save-dev ${name}`;
    const load = () => loadOptional(name);
    expect(load).toThrow(message);
    expect(load).toThrow(expect.objectContaining({ reason: 'unprepared' }) as Error);
  });
});
