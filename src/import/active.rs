//! Active profiles of Spring Boot and Quarkus, and the files that are theirs.

use super::Source;
use super::part::{Place, RemarkKind, Sheet};

/// Returns the stem of a file's name, if it is one of Spring Boot or Quarkus: `application-prod`.
fn stem(name: &str) -> Option<&str> {
    let (stem, end) = name.rsplit(['/', '\\']).next()?.rsplit_once('.')?;
    ["yml", "yaml", "properties"].contains(&end).then_some(stem)
}

/// Passes over the file of a profile that is not active, `application-prod.yml`, where it is given
/// beside the application's own; and marks that of one that is.
pub fn passes_over(
    sheet: &mut Sheet,
    sources: &[Source],
    file: usize,
    profile: Option<&str>,
) -> bool {
    let own = |source: &Source| stem(&source.name) == Some("application");
    let Some(stem) = stem(&sources[file].name).filter(|_| sources.iter().any(own)) else {
        return false;
    };
    let Some(named) = stem.strip_prefix("application-") else { return false };
    sheet.profiles(named);
    if is_active(named, profile) {
        sheet.of_profiles.push(file);
        return false;
    }
    let text =
        format!("the file of the profile {named} is passed over: that profile is not active");
    sheet.remark(RemarkKind::PassedOver, Place { file, line: 0 }, text);
    sheet.took_for(file, format!("file of the profile {named}"));
    true
}

/// Returns true if an expression such as "a | b", "a & b" or "!a" is of an active profile; `active` is
/// one, or several separated by commas.
pub fn is_active(expression: &str, active: Option<&str>) -> bool {
    let active: Vec<&str> = active.unwrap_or_default().split(',').map(str::trim).collect();
    let one = |name: &str| match name.trim().strip_prefix('!') {
        Some(other) => !active.contains(&other.trim()),
        None => active.contains(&name.trim()),
    };
    let is_any = |all: &str| all.split('&').all(one);
    expression.replace(['(', ')'], " ").split([',', '|']).any(is_any)
}
