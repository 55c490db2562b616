/**
 * A `runner` of Jest. No config names it. In runs that report unaffected test files, the sequencer uses it in place
 * of the projects' own runners. Jest constructs it in its main process and passes all test files to it.
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
