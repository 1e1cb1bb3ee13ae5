// Both module formats share one copy of the code, so that `instanceof ClawpowersError` works in both.
import clawpowers from "./index.cjs";

export const { open, parseSkill, detect, ClawpowersError, Runtime, version } = clawpowers;
