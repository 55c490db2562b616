/**
 * A `runner` of Jest. No config names it: the sequencer puts it in place of the projects' own for one run, where
 * unaffected test files are reported. Jest constructs it in its main process and hands it all test files.
 */
import type { Config } from '@jest/types';
import { AnsweringRunner, type RunnerContext } from '../controller/answers/answering-runner';
import { restoreRunners } from '../controller/session';

class TestmonAnsweringRunner extends AnsweringRunner {
  constructor(globalConfig: Config.GlobalConfig, context: RunnerContext) {
    super(globalConfig, context, restoreRunners);
  }
}

export = TestmonAnsweringRunner;
