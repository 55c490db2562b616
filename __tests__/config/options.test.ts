import { describe, expect, test } from '@jest/globals';
import { normaliseOptions, optionsAsVariables } from '../../src/config/options';

describe('normaliseOptions', () => {
  test('gives every option its default', () => {
    expect(normaliseOptions(undefined, {})).toEqual({
      options: {
        enabled: true,
        select: true,
        collect: true,
        forceSelect: false,
        environmentName: 'default',
        dataFile: '.testmondata',
        keepRecords: 8,
        ignore: [],
        always: [],
        ignoreVariables: [],
        typeErrors: 'ignore',
        granularity: 'file',
        reportSkipped: 'coverage',
        spotChecks: 'off',
        trust: false,
        shared: 'off',
        budget: 'off',
        budgetExit: 'fail',
      },
      problems: [],
    });
  });

  test('lets a variable overrule the config', () => {
    const environment = {
      TESTMON: '0',
      TESTMON_NOSELECT: '1',
      TESTMON_NOCOLLECT: 'true',
      TESTMON_FORCESELECT: 'yes',
      TESTMON_ENV: 'ci',
      TESTMON_DATAFILE: '/tmp/data',
      TESTMON_TYPE_ERRORS: 'select',
      TESTMON_GRANULARITY: 'test',
      TESTMON_REPORT_SKIPPED: '1',
      TESTMON_SPOT_CHECKS: '2%',
      TESTMON_BUDGET: '1h30m',
      TESTMON_BUDGET_EXIT: 'pass',
    };
    expect(
      normaliseOptions({ environmentName: 'mine', keepRecords: 2 }, environment).options,
    ).toMatchObject({
      enabled: false,
      select: false,
      collect: false,
      forceSelect: true,
      environmentName: 'ci',
      dataFile: '/tmp/data',
      typeErrors: 'select',
      granularity: 'test',
      reportSkipped: true,
      spotChecks: '2%',
      budget: '1h30m',
      budgetExit: 'pass',
      keepRecords: 2,
    });
  });

  test('takes a negated variable that is off for silence', () => {
    const { options } = normaliseOptions(
      { select: false },
      { TESTMON_NOSELECT: '0', TESTMON_ENV: '' },
    );
    expect(options).toMatchObject({ select: false, environmentName: 'default' });
  });

  test.each([
    [{ typeErrors: 'line' }, {}, `the option typeErrors must be 'ignore' or 'select', not "line"`],
    [{ granularity: 'line' }, {}, `the option granularity must be 'file' or 'test', not "line"`],
    [{ keepRecords: 0 }, {}, 'the option keepRecords must be a whole number from 1, not 0'],
    [{ select: 'no' }, {}, 'the option select must be true or false, not "no"'],
    [{ ignore: 'x' }, {}, 'the option ignore must be a list of texts, not "x"'],
    [
      { colour: 1 },
      {},
      'there is no option "colour", so it has no effect; the options are enabled, ',
    ],
    ['select', {}, 'the options of withTestmon must be an object, not "select"'],
    [{}, { TESTMON: 'perhaps' }, 'TESTMON must be 0 or 1, not "perhaps"'],
    [
      { reportSkipped: 'all' },
      {},
      `the option reportSkipped must be true, false or 'coverage', not "all"`,
    ],
    [{}, { TESTMON_REPORT_SKIPPED: 'all' }, 'TESTMON_REPORT_SKIPPED must be 0 or 1, not "all"'],
    [{}, { TESTMON_TYPE_ERRORS: 'x' }, `TESTMON_TYPE_ERRORS must be 'ignore' or 'select', not "x"`],
  ])('goes on with the default for %j %j and says so', (given, environment, sentence) => {
    const { options, problems } = normaliseOptions(given, environment);
    expect(options).toEqual(normaliseOptions({}, {}).options);
    expect(problems).toEqual([expect.stringContaining(`testmon: ${sentence}`)]);
  });
});

describe('optionsAsVariables', () => {
  test.each([
    { enabled: false },
    { select: false, collect: false, forceSelect: true },
    { environmentName: 'ci', typeErrors: 'select' as const, dataFile: 'x' },
    { granularity: 'test' as const },
    { reportSkipped: true },
    { reportSkipped: false },
    { reportSkipped: 'coverage' as const },
  ])('carries %j through the environment', (options) => {
    expect(normaliseOptions({}, optionsAsVariables(options))).toEqual(
      normaliseOptions(options, {}),
    );
  });

  test('leaves no trace of what was not asked for', () => {
    expect(optionsAsVariables({})).toEqual({});
  });
});
