import * as path from 'node:path';
import type { EffectiveConfig, LoadedConfig, LoadedConfigs } from '../config/reading/raw-config';
import { packageFolder, toStored } from '../dependencies/files/paths';
import { installedName } from '../records/package-name';
import { isPlugPoint } from '../config/plug-points';
import { reporter, type Finding } from './finding';

/** One of our plug points: the config key that names it, and what is lost without it. */
interface PlugPoint {
  key: string;
  written: string | ((projects: readonly LoadedConfig[]) => string);
  lost: string;
  /** Whether Jest only reads the key from the root config. */
  ofRoot: boolean;
  files: (config: EffectiveConfig) => unknown[];
}

const PLUG_POINTS: PlugPoint[] = [
  {
    key: 'testEnvironment',
    written: "testEnvironment: 'jest-testmon/environment'",
    lost: 'nothing is recorded',
    ofRoot: false,
    files: ({ testEnvironment }) => [testEnvironment],
  },
  {
    key: 'testRunner',
    written: "testRunner: 'jest-testmon/test-runner'",
    lost: 'a test file whose docblock names another environment is not recorded',
    ofRoot: false,
    files: ({ testRunner }) => [testRunner],
  },
  {
    key: 'transform',
    written: wrappedTransform,
    lost: 'files count as a whole, not by branch',
    ofRoot: false,
    files: ({ transform }) => transform.map(([, file]) => file),
  },
  {
    key: 'globalSetup',
    written: "globalSetup: 'jest-testmon/global-setup'",
    lost: 'no run begins, unless testSequencer is that of jest-testmon',
    ofRoot: true,
    files: ({ globalSetup }) => [globalSetup],
  },
  {
    key: 'testSequencer',
    written: "testSequencer: 'jest-testmon/sequencer'",
    lost: 'unaffected test files are entered and their tests skipped',
    ofRoot: true,
    files: ({ testSequencer }) => [testSequencer],
  },
  {
    key: 'reporters',
    written: "reporters: ['default', 'jest-testmon/reporter']",
    lost: 'a test file whose worker crashes is not seen to fail',
    ofRoot: true,
    files: ({ reporters = [] }) => reporters.map(([file]) => file),
  },
];

const WITH_TESTMON = 'or let withTestmon(config) set them all ("npx jest-testmon init")';

/** Checks how the config includes jest-testmon. If its keys were written by hand, reports the missing ones. */
export function checkKeys(loaded: LoadedConfigs, usesWithTestmon: boolean): Finding[] {
  const found = reporter('config keys');
  if (usesWithTestmon) return [found.ok('withTestmon sets every key')];
  const { root } = loaded;
  const projects = loaded.projects ?? [root];
  const isIn = ({ files }: PlugPoint, { effective }: LoadedConfig) =>
    files(effective).some(isPlugPoint);
  const missing = PLUG_POINTS.filter((point) => {
    // Jest calls that of each project too.
    if (point.key === 'globalSetup') return ![root, ...projects].some((one) => isIn(point, one));
    return (point.ofRoot ? [root] : projects).some((one) => !isIn(point, one));
  });
  const byHand = PLUG_POINTS.some(({ files }) =>
    [root, ...projects].some(({ effective }) => files(effective).some(isPlugPoint)),
  );
  if (!byHand) {
    return [
      found.ok(
        'the config names nothing of jest-testmon: "npx jest-testmon" selects, plain "jest" runs everything',
      ),
    ];
  }
  if (missing.length === 0) return [found.ok('every key is there')];
  const lacks = (key: string) => missing.some((point) => point.key === key);
  if (!lacks('testEnvironment') && !lacks('testSequencer'))
    return [found.ok('testEnvironment and testSequencer are there, which is all that is needed')];
  if (!lacks('testEnvironment') && !lacks('globalSetup')) {
    const fix = `add testSequencer: 'jest-testmon/sequencer' to the root config, ${WITH_TESTMON}`;
    return projects.length > 1
      ? [
          found.warning(
            'a globalSetup sees one of several projects, so the others run each time and are not recorded',
            fix,
          ),
        ]
      : [
          found.ok(
            "globalSetup and testEnvironment are there: as precise as withTestmon; with testSequencer: 'jest-testmon/sequencer', --listTests lists the affected test files alone",
          ),
        ];
  }
  return missing.map(({ key, written, lost }) => {
    const isVital = key === 'testEnvironment' || (key === 'globalSetup' && lacks('testSequencer'));
    const message = `the key ${key} is missing beside those written by hand: ${lost}`;
    const line = typeof written === 'string' ? written : written(projects);
    const fix = `add ${line}, ${WITH_TESTMON}`;
    return isVital ? found.error(message, fix) : found.warning(message, fix);
  });
}

/** Formats the key `transform` with our transformer around each transformer that a project uses. */
function wrappedTransform(projects: readonly LoadedConfig[]): string {
  const { effective } =
    projects.find(({ effective }) => !effective.transform.some(([, file]) => isPlugPoint(file))) ??
    {};
  const entries = (effective?.transform ?? []).map(([pattern, file, options]) => {
    const hasOptions = Object.keys(options ?? {}).length > 0;
    const path = `require.resolve('${transformerName(file, effective?.rootDir ?? '')}')`;
    const testmon = `{ path: ${path}${hasOptions ? `, options: ${JSON.stringify(options)}` : ''} }`;
    return `'${pattern.replace(/\\/g, '\\\\')}': ['jest-testmon/transform', { testmon: ${testmon} }]`;
  });
  const none = "'\\\\.[cm]?jsx?$': 'jest-testmon/transform'";
  return `transform: { ${entries.length > 0 ? entries.join(', ') : none} }`;
}

/** Returns the name of a transformer as a config would spell it: its package, or its path relative to the project. */
function transformerName(file: string, rootDir: string): string {
  const folder = packageFolder(file);
  return folder === null
    ? `./${toStored(rootDir, file)}`
    : installedName(folder.split(path.sep).join('/'));
}
