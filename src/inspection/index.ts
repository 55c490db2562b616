/** Examines a project without running its tests, for commands that explain, check and report. */
export { type BlockChange } from './block-changes';
export {
  carryAll,
  reportConfig,
  writeReport,
  type CarriedReport,
  type LackingTestFiles,
} from './carried-report';
export { type Cause } from './causes';
export { type ChangedFile, type Changes } from './changes';
export { editCosts, type EditCost } from './costs';
export { explain, recordOf, type Explanation } from './explain';
export { explainTests, type TestExplanation } from './explain-test';
export { findFlakyTests, flakyOverview, type FlakyOverview, type FlakyTest } from './flaky';
export { findTests } from './found';
export { findImpact, type Impact, type ReachedTestFile } from './impact';
export {
  InspectionError,
  type InspectedProject,
  type InspectedTest,
  type Inspection,
} from './inspection';
export {
  coverageByLine,
  coverageByLineOfAll,
  type CoveredLines,
  type LineCoverage,
} from './line-coverage';
export { openInspection, openReadonly } from './open';
export { makeOverview, spotCheckOverview, type Overview } from './overview';
