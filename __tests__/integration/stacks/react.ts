import { moved, SIGN, TYPESCRIPT_EDITS, type Stack } from './stack';

/** What people use React by. */
export const REACT: Record<string, Stack> = {
  'Next with next/jest': {
    packages: ['next', 'react', 'react-dom', 'jest-environment-jsdom'],
    files: {
      'jest.config.js':
        "module.exports = require('next/jest')({ dir: __dirname })({ testEnvironment: 'jsdom' });\n",
      'next.config.js': 'module.exports = { compiler: { reactRemoveProperties: false } };\n',
      '.env.test': 'NEXT_PUBLIC_RATE=2\n',
      'pages/index.tsx': 'export default function Home() { return <p>home</p>; }\n',
      ...SIGN,
      'src/price.module.css': '.price { color: red; }\n',
      'src/coin.png': 'PNG',
      'src/Price.tsx': `import styles from './price.module.css';
import coin from './coin.png';
import { sign } from './sign';
export default function Price({ n }: { n: number }) {
  return (
    <p className={styles.price}>
      {sign(n)} {n * Number(process.env.NEXT_PUBLIC_RATE)}
      <img src={coin.src} />
    </p>
  );
}
`,
      'src/Big.tsx': 'export default function Big() { return <b>big</b>; }\n',
      'src/Lazy.tsx': `import dynamic from 'next/dynamic';
const Big = dynamic(() => import('./Big'), { ssr: false, loading: () => <i>wait</i> });
export default function Lazy() { return <Big />; }
`,
      'render.tsx': `import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
export function render(node: ReactNode): HTMLElement {
  const box = document.createElement('div');
  act(() => createRoot(box).render(node));
  return box;
}
export const wait = () => act(() => new Promise<void>((resolve) => setTimeout(resolve)));
`,
      '__tests__/price.test.tsx': `import Price from '../src/Price';
import { render } from '../render';
test('price', () => {
  const box = render(<Price n={2} />);
  expect(box.textContent).toMatch(/^plus \\d/);
  expect(box.querySelector('p')?.className).toBe('price');
});
`,
      '__tests__/lazy.test.tsx': `import Lazy from '../src/Lazy';
import { render, wait } from '../render';
test('lazy', async () => {
  const box = render(<Lazy />);
  while (box.textContent === 'wait') await wait();
  expect(box.textContent).toMatch(/^big/);
});
`,
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
      [
        'what next/dynamic imports',
        'src/Big.tsx',
        '<b>big',
        '<b>bigger',
        ['__tests__/lazy.test.tsx'],
      ],
      ['a component', 'src/Price.tsx', '{sign(n)}', '{`${sign(n)}`}', ['__tests__/price.test.tsx']],
      ['a CSS module, of which the names count', 'src/price.module.css', 'red', 'blue', []],
      ['an image, of which nothing is loaded', 'src/coin.png', 'PNG', 'GIF', []],
      ['a variable of a .env file', '.env.test', '=2', '=3', ['__tests__/price.test.tsx']],
      [
        'an option of the compiler',
        'next.config.js',
        'false',
        'true',
        ['lazy.test.tsx', 'minus.test.ts', 'plus.test.ts', 'price.test.tsx'].map(
          (name) => `__tests__/${name}`,
        ),
      ],
    ],
  },
  'React Native with its preset': {
    packages: [
      ...['react-native', '@react-native/jest-preset', '@react-native/babel-preset'],
      ...['@babel/runtime', 'react', 'react-test-renderer'],
    ],
    files: {
      'jest.config.js':
        "module.exports = { preset: '@react-native/jest-preset', testTimeout: 120_000 };\n",
      'babel.config.js': "module.exports = { presets: ['module:@react-native/babel-preset'] };\n",
      ...SIGN,
      'assets/logo.png': 'PNG',
      'src/hint.ios.ts': "export const hint = () => 'ios';\n",
      'src/hint.android.ts': "export const hint = () => 'android';\n",
      'src/Counter.tsx': `import { useState } from 'react';
import { Image, Platform, Pressable, StyleSheet, Text, View } from 'react-native';
import { hint } from './hint';
import { sign } from './sign';
export function Counter({ start }: { start: number }) {
  const [n, setN] = useState(start);
  return (
    <View style={styles.box}>
      <Image source={require('../assets/logo.png')} />
      <Text>{sign(n) + ': ' + n + ' ' + hint()}</Text>
      <Pressable onPress={() => setN(n + 1)} onLongPress={() => setN(n - 1)} />
      {Platform.OS === 'android' ? <Text>robot</Text> : null}
    </View>
  );
}
const styles = StyleSheet.create({ box: { flex: 1 } });
`,
      'render.tsx': `import type { ReactElement } from 'react';
import { act, create, type ReactTestRenderer } from 'react-test-renderer';
export async function render(node: ReactElement): Promise<ReactTestRenderer> {
  return act(async () => create(node));
}
`,
      '__tests__/counter.test.tsx': `import { act } from 'react-test-renderer';
import { Counter } from '../src/Counter';
import { render } from '../render';
test('counts', async () => {
  const shown = await render(<Counter start={1} />);
  expect(JSON.stringify(shown.toJSON())).toMatch(/plus: 1 i/);
  await act(async () => shown.root.findAll((node) => node.props.onLongPress)[0].props.onPress());
  expect(JSON.stringify(shown.toJSON())).toMatch(/plus: 2 i/);
});
`,
      '__tests__/shown.test.tsx': `import { Counter } from '../src/Counter';
import { render } from '../render';
test('is shown', async () => {
  expect(JSON.stringify((await render(<Counter start={5} />)).toJSON())).toMatch(/plus: 5 i/);
});
`,
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
      ['a handler', 'src/Counter.tsx', 'n + 1', '1 + n', ['__tests__/counter.test.tsx']],
      ['a handler that nobody calls', 'src/Counter.tsx', 'n - 1', 'n - 2', []],
      ['what another platform shows', 'src/Counter.tsx', 'robot', 'droid', []],
      ['a module of another platform', 'src/hint.android.ts', "'android'", "'droid'", []],
      [
        'a module of the platform',
        'src/hint.ios.ts',
        "'ios'",
        "'iPhone'",
        ['__tests__/counter.test.tsx', '__tests__/shown.test.tsx'],
      ],
      ['an image, of which the path and the size count', 'assets/logo.png', 'PNG', 'GIF', []],
    ],
  },
  'what create-react-app ejects': {
    packages: [
      ...['react', 'react-dom', 'jest-environment-jsdom', 'babel-jest', 'babel-preset-react-app'],
      ...['identity-obj-proxy', 'jest-watch-typeahead'],
    ],
    files: {
      'package.json': `${JSON.stringify(
        {
          name: 'fixture',
          private: true,
          jest: {
            roots: ['<rootDir>/src'],
            collectCoverageFrom: ['src/**/*.{js,jsx,ts,tsx}', '!src/**/*.d.ts'],
            setupFilesAfterEnv: ['<rootDir>/src/setupTests.js'],
            testMatch: ['<rootDir>/src/**/*.{spec,test}.{js,jsx,ts,tsx}'],
            testEnvironment: 'jsdom',
            transform: {
              '^.+\\.(js|jsx|mjs|cjs|ts|tsx)$': '<rootDir>/config/jest/babelTransform.js',
              '^.+\\.css$': '<rootDir>/config/jest/cssTransform.js',
              '^(?!.*\\.(js|jsx|mjs|cjs|ts|tsx|css|json)$)':
                '<rootDir>/config/jest/fileTransform.js',
            },
            transformIgnorePatterns: [
              '[/\\\\]node_modules[/\\\\].+\\.(js|jsx|mjs|cjs|ts|tsx)$',
              '^.+\\.module\\.(css|sass|scss)$',
            ],
            modulePaths: [],
            moduleNameMapper: {
              '^react-native$': 'react-native-web',
              '^.+\\.module\\.(css|sass|scss)$': 'identity-obj-proxy',
            },
            moduleFileExtensions: ['web.js', 'js', 'ts', 'tsx', 'json', 'jsx', 'node'],
            watchPlugins: ['jest-watch-typeahead/filename', 'jest-watch-typeahead/testname'],
            resetMocks: true,
          },
        },
        null,
        2,
      )}\n`,
      'config/jest/babelTransform.js': `const babelJest = require('babel-jest').default;
module.exports = babelJest.createTransformer({
  presets: [[require.resolve('babel-preset-react-app'), { runtime: 'automatic' }]],
  babelrc: false,
  configFile: false,
});
`,
      'config/jest/cssTransform.js':
        "module.exports = { process: () => ({ code: 'module.exports = {};' }), getCacheKey: () => 'cssTransform' };\n",
      'config/jest/fileTransform.js': `const path = require('path');
module.exports = {
  process: (text, file) => ({ code: 'module.exports = ' + JSON.stringify(path.basename(file)) + ';' }),
};
`,
      'src/setupTests.js': 'globalThis.IS_REACT_ACT_ENVIRONMENT = true;\n',
      ...moved(SIGN),
      'src/App.css': 'body { color: red; }\n',
      'src/Box.module.css': '.box { color: red; }\n',
      'src/logo.svg': '<svg/>\n',
      'src/App.jsx': `import { useState } from 'react';
import logo from './logo.svg';
import './App.css';
import styles from './Box.module.css';
import { sign } from './sign';
export default function App({ start }) {
  const [n, setN] = useState(start);
  return (
    <div className={styles.box}>
      <img src={logo} alt={process.env.REACT_APP_TITLE} />
      <p>{sign(n)} {n}</p>
      <button onClick={() => setN(n + 1)} onBlur={() => setN(n - 1)}>more</button>
    </div>
  );
}
`,
      'src/counts.test.jsx': `import { act } from 'react';
import { createRoot } from 'react-dom/client';
import App from './App';
test('counts', () => {
  const box = document.body;
  act(() => createRoot(box).render(<App start={1} />));
  act(() => box.querySelector('button').click());
  expect(box.querySelector('p').textContent).toBe('plus 2');
});
`,
      'src/shown.test.jsx': `import { act } from 'react';
import { createRoot } from 'react-dom/client';
import App from './App';
test('is shown', () => {
  const box = document.body;
  act(() => createRoot(box).render(<App start={5} />));
  expect(box.querySelector('.box img').getAttribute('src')).toBe('logo.svg');
});
`,
      'src/reset.test.js':
        "const three = jest.fn(() => 3);\ntest('mocks are reset', () => { expect(three()).toBeUndefined(); });\n",
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `src/${name}.test.ts`),
      ['a handler', 'src/App.jsx', 'n + 1', '1 + n', ['src/counts.test.jsx']],
      ['a handler that nobody calls', 'src/App.jsx', 'n - 1', 'n - 2', []],
      ['a style sheet, of which nothing is loaded', 'src/App.css', 'red', 'blue', []],
      ['a CSS module, of which the names count', 'src/Box.module.css', 'red', 'blue', []],
      ['an image, of which the name counts', 'src/logo.svg', '<svg/>', '<svg></svg>', []],
      [
        'the set-up of all tests',
        'src/setupTests.js',
        '= true',
        '= !false',
        ['counts.test.jsx', 'minus.test.ts', 'plus.test.ts', 'reset.test.js', 'shown.test.jsx'].map(
          (name) => `src/${name}`,
        ),
      ],
      [
        'a transformer',
        'config/jest/cssTransform.js',
        '= {};',
        '= { };',
        ['counts.test.jsx', 'minus.test.ts', 'plus.test.ts', 'reset.test.js', 'shown.test.jsx'].map(
          (name) => `src/${name}`,
        ),
      ],
    ],
  },
};
