//! Style sheet of standalone documents, with the colors resolved: many SVG viewers support neither
//! CSS variables nor `light-dark()`.

use std::sync::OnceLock;

/// The color theme of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// Follows the reader's system; needs a browser.
    Auto,
}

impl Theme {
    /// Returns the class of the document's root.
    pub(super) fn class(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Auto => "auto",
        }
    }
}

/// Returns the style sheet of a document as markup, computed once.
pub(super) fn document(theme: Theme) -> &'static str {
    static SHEETS: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
    let at = match theme {
        Theme::Light => 0,
        Theme::Dark => 1,
        Theme::Auto => 2,
    };
    SHEETS[at].get_or_init(|| super::escaped(&sheet(super::STYLE, theme)))
}

/// Returns the style sheet of a document. For a fixed theme, variables are replaced by their values
/// and `light-dark(a, b)` by one of its arguments; comments and rules within `@media` are removed.
pub(super) fn sheet(style: &str, theme: Theme) -> String {
    let style = without_comments(style);
    if theme == Theme::Auto {
        return style;
    }
    let plain = without_at_rules(&style);
    let chosen = choose(&plain, theme);
    let variables = variables(&chosen);
    let mut out = String::with_capacity(chosen.len());
    for line in chosen.lines().filter(|line| !line.trim_start().starts_with("--")) {
        resolve(&mut out, line, &variables, 8);
        out.push('\n');
    }
    out
}

/// Returns the value of a variable in a theme; empty if there is none of that name.
pub(super) fn colour(style: &str, name: &str, theme: Theme) -> String {
    let style = without_comments(style);
    let chosen = if theme == Theme::Auto { style } else { choose(&style, theme) };
    let found = variables(&chosen).into_iter().find(|(known, _)| *known == name);
    found.map_or_else(String::new, |(_, value)| value.to_owned())
}

fn without_comments(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    tidy(&out)
}

/// Removes empty lines.
fn tidy(style: &str) -> String {
    let lines = style.lines().filter(|line| !line.trim().is_empty());
    lines.fold(String::new(), |out, line| out + line + "\n")
}

/// Removes `@media …{…}` and other at-rules, with their content.
fn without_at_rules(style: &str) -> String {
    let mut out = String::new();
    let mut rest = style;
    while let Some((before, after)) = rest.split_once('@') {
        out.push_str(before);
        let mut depth = 0_u32;
        let end = after.char_indices().find_map(|(i, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => return None,
            }
            (depth == 0).then_some(i + 1)
        });
        rest = &after[end.unwrap_or(after.len())..];
    }
    out.push_str(rest);
    tidy(&out)
}

/// Replaces `light-dark(a, b)` by `a` or `b`. The style sheet uses it with plain colors only.
fn choose(style: &str, theme: Theme) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("light-dark(") {
        out.push_str(before);
        let (pair, after) = after.split_once(')').unwrap_or((after, ""));
        let (light, dark) = pair.split_once(',').unwrap_or((pair, pair));
        out.push_str(if theme == Theme::Dark { dark.trim() } else { light.trim() });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Parses declarations `--name: value;`, one per line.
fn variables(style: &str) -> Vec<(&str, &str)> {
    let declaration = |line: &'_ str| -> Option<(usize, usize)> {
        let start = line.len() - line.trim_start().len();
        line[start..].starts_with("--").then_some((start, line.find(':')?))
    };
    style
        .lines()
        .filter_map(|line| {
            let (start, colon) = declaration(line)?;
            Some((&line[start..colon], line[colon + 1..].trim().trim_end_matches(';')))
        })
        .collect()
}

/// Replaces each `var(--name)` by its value, which may refer to others, up to a maximum depth.
fn resolve(out: &mut String, text: &str, variables: &[(&str, &str)], depth: u8) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("var(") {
        out.push_str(before);
        let (name, after) = after.split_once(')').unwrap_or((after, ""));
        let value = variables.iter().find(|(known, _)| *known == name.trim());
        match value {
            Some((_, value)) if depth > 0 => resolve(out, value, variables, depth - 1),
            _ => out.push_str("none"),
        }
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: &str = "/* says */\n.d {\n  --ink: light-dark(#111, #eee);\n  --c: var(--ink);\n}\n\
                         .t { fill: var(--c); }\n@media x { .t { fill: red; } }\n";

    #[test]
    fn a_fixed_theme_needs_no_variables() {
        assert_eq!(sheet(STYLE, Theme::Dark), ".d {\n}\n.t { fill: #eee; }\n");
        assert_eq!(sheet(STYLE, Theme::Light), ".d {\n}\n.t { fill: #111; }\n");
        assert!(sheet(STYLE, Theme::Auto).contains("light-dark"));
    }

    #[test]
    fn the_real_style_sheet_resolves() {
        for theme in [Theme::Light, Theme::Dark] {
            let sheet = sheet(super::super::STYLE, theme);
            for word in ["var(", "light-dark", "@", "/*", "none;\n  --", "--"] {
                assert!(!sheet.contains(word), "{word} in {sheet}");
            }
        }
    }
}
