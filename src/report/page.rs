//! The page: template, style and scripts of `web/` in one file, and the data as JSON that can't end its own element.

use serde_json::Value;

const TEMPLATE: &str = include_str!("../../web/report.html");
const STYLE: &str = include_str!("../../web/report.css");
/// The modules, each after those that it imports.
const SCRIPTS: [&str; 33] = [
    include_str!("../../web/src/units.js"),
    include_str!("../../web/src/format.js"),
    include_str!("../../web/src/svg.js"),
    include_str!("../../web/src/charts/names.js"),
    include_str!("../../web/src/charts/colours.js"),
    include_str!("../../web/src/charts/legend.js"),
    include_str!("../../web/src/save.js"),
    include_str!("../../web/src/card.js"),
    include_str!("../../web/src/charts/read.js"),
    include_str!("../../web/src/charts/xy.js"),
    include_str!("../../web/src/charts/panels.js"),
    include_str!("../../web/src/charts/shades.js"),
    include_str!("../../web/src/charts/heatmap.js"),
    include_str!("../../web/src/charts/forest.js"),
    include_str!("../../web/src/choice.js"),
    include_str!("../../web/src/replay/recording.js"),
    include_str!("../../web/src/replay/seats.js"),
    include_str!("../../web/src/replay/layout.js"),
    include_str!("../../web/src/replay/draw.js"),
    include_str!("../../web/src/replay/panel.js"),
    include_str!("../../web/src/replay/found.js"),
    include_str!("../../web/src/replay/words.js"),
    include_str!("../../web/src/replay/player.js"),
    include_str!("../../web/src/head.js"),
    include_str!("../../web/src/overtime.js"),
    include_str!("../../web/src/groups.js"),
    include_str!("../../web/src/run.js"),
    include_str!("../../web/src/variants.js"),
    include_str!("../../web/src/spotlight.js"),
    include_str!("../../web/src/factor.js"),
    include_str!("../../web/src/metrics.js"),
    include_str!("../../web/src/comparison.js"),
    include_str!("../../web/src/main.js"),
];

/// The page that shows `data`.
pub(super) fn html(data: &Value) -> String {
    let scripts: String = SCRIPTS.iter().map(|script| joined(script)).collect();
    // The data come last: what they hold is never searched.
    let (head, rest) = TEMPLATE.split_once("{{data}}").unwrap_or((TEMPLATE, ""));
    head.replace("{{css}}", STYLE) + &harmless(&data.to_string()) + &rest.replace("{{js}}", &scripts)
}

/// A module without its imports and exports, to stand in one script with the others.
fn joined(module: &str) -> String {
    let lines = module.lines().filter(|line| !line.starts_with("import "));
    lines
        .map(|line| line.strip_prefix("export ").unwrap_or(line).to_owned() + "\n")
        .collect()
}

/// JSON in which no `<` stands: it is the same to a parser of JSON, and nothing to one of HTML.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_name_gets_out_of_the_data() {
        let evil = json!({ "group": "</script><img onerror=alert(1)><!--\u{2028}{{js}}" });
        let page = html(&evil);
        assert!(!page.contains("<img") && !page.contains("<!--"));
        let start = page.find("id=\"data\">").expect("the data") + "id=\"data\">".len();
        let end = start + page[start..].find("</script>").expect("their end");
        let read: Value = serde_json::from_str(&page[start..end]).expect("JSON");
        assert_eq!(read, evil);
    }

    #[test]
    fn no_name_stands_in_two_modules() {
        let joined: String = SCRIPTS.iter().map(|script| joined(script)).collect();
        let mut names: Vec<&str> = joined
            .lines()
            .filter_map(|line| {
                ["function ", "const ", "let "]
                    .iter()
                    .find_map(|word| line.strip_prefix(word))
            })
            .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(all > 40);
        assert_eq!(names.len(), all, "the modules share one script: {names:?}");
    }

    #[test]
    fn the_page_asks_for_nothing_outside() {
        let page = html(&json!({}));
        assert!(
            !page
                .lines()
                .any(|line| line.starts_with("import ") || line.starts_with("export "))
        );
        assert_eq!(
            page.matches("http").count(),
            page.matches("http://www.w3.org/2000/svg").count() + 1,
            "and http-equiv"
        );
        for place in ["{{css}}", "{{js}}", "{{data}}"] {
            assert!(!page.contains(place), "{place} is filled");
        }
    }
}
