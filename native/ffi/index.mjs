// One copy of the surface serves both kinds of modules, so that an error is an instance of the same class in each.
import clawpowers from "./index.cjs";

export const { open, parseSkill, detect, ClawpowersError, Runtime, version } = clawpowers;
