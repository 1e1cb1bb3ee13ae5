//! Operations on skills.

pub mod budget;
pub mod fix;
pub mod list;
pub mod new;
pub mod parse;
pub mod prompt;
pub mod read;
pub mod read_properties;
mod reception;
pub mod reference_validate;
pub mod search;
pub mod show;
pub mod to_prompt;
pub mod validate;
pub mod why;

use super::table::operations;

operations! {
    skill:
    skill_budget = budget, "Says what Claude Code and Codex would cut from their lists of skills."
        skills.budget();
    skill_fix = fix, "Shows or writes the mechanical repairs of skill files."
        skills.fix(paths);
    skill_list = list, "Lists visible, shadowed and rejected skills."
        skills.list();
    skill_new = new, "Creates a skill's folder with a SKILL.md to fill in."
        skills.create(name) -> path;
    skill_parse = parse, "Parses the text of a SKILL.md."
        skills.parse(text);
    skill_prompt = prompt, "Renders the catalog for a model, within a token budget."
        skills.prompt();
    skill_read = read, "Reads a skill's text or one of its files."
        skills.read(name);
    skill_read_properties = read_properties, "Prints a skill's properties as the reference validator does."
        skills.read_properties(path) -> text;
    skill_reference_validate = reference_validate, "Validates one skill as the reference validator does."
        skills.reference_validate(path);
    skill_search = search, "Ranks skills by how well they match words."
        skills.search(words) -> hits;
    skill_show = show, "Shows one skill: fields, outline, files, digest, requirements, diagnostics."
        skills.show(name);
    skill_to_prompt = to_prompt, "Prints skills as the reference validator's prompt block."
        skills.to_prompt(paths) -> text;
    skill_validate = validate, "Validates skill files against the rules of a target."
        skills.validate(paths);
    skill_why = why, "Explains whether each client shows a skill to the model, and why not."
        skills.why(name);
}
