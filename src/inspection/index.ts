/** A look at a project without running its tests: for commands that explain, check and report. */
export { findTests } from './found';
export {
  InspectionError,
  type InspectedProject,
  type InspectedTest,
  type Inspection,
} from './inspection';
export { openInspection, openReadonly } from './open';
