//! Says when a unit's own settings, or the account it becomes, keep it from a path that mode and owner would give it.

use incident::Subject;

use super::hits::Hit;
use super::place::Place;
use super::verify::{Known, confirmed};
use crate::draft::Draft;
use crate::units::path::{Account, Node};
use crate::units::show::Shown;

/// The unit's own settings that keep it from a path, as a draft; nothing where none does.
pub(super) fn sandbox(
    known: &Known<'_>,
    hit: &Hit<'_>,
    path: &str,
    place: &Place,
) -> Option<Draft> {
    let unit = hit.unit.as_deref()?;
    let key = format!("unit.show {unit}");
    let shown = Shown::read(&known.look.text(&key).ok()?);
    let needs = known.needs.get(unit);
    let own = needs.map_or(&[][..], |needs| &needs.state_folders);
    let setting = shown.keeps_from(path, own)?;
    let title = format!("{}={} keeps {unit} from {path}", setting.key, setting.value);
    let mut draft = Draft::new(
        "unit.sandbox",
        confirmed(hit),
        Subject::new("unit", unit),
        title,
    )
    .detail(format!(
        "Mode and owner of {path} would let it through, but {} takes it out of the unit's own view of the filesystem.\nThe log says: {}",
        setting.file,
        hit.example.chars().take(300).collect::<String>()
    ))
    .fact("unit", unit)
    .fact("wanted", path)
    .fact("setting", setting.key.as_str())
    .fact("value", setting.value.as_str())
    .fact("file", setting.file.as_str())
    .cite(hit.key.as_str())
    .cite(key);
    // It may be opened again where it is the service's own place and the closed part is only read-only.
    let opens = matches!(
        setting.key.as_str(),
        "ReadOnlyPaths" | "ReadOnlyDirectories" | "ProtectSystem"
    );
    let way = place.way.real.as_deref().unwrap_or(&place.way);
    let who = known.worker(Some(unit))?;
    let closed = |node: &Node| {
        setting
            .value
            .split_whitespace()
            .any(|word| word.trim_end_matches('/') == node.name)
    };
    let own_place = way
        .nodes
        .iter()
        .rev()
        .filter(|node| node.uid == who.uid && who.uid != 0 && !closed(node))
        .max_by_key(|node| node.is_folder());
    if let Some(node) = own_place.filter(|_| opens) {
        draft.detail = format!(
            "{}\nReadWritePaths={} in a drop-in would open that place alone.",
            draft.detail, node.name
        );
        draft = draft.fact("want_path", node.name.as_str());
    }
    Some(draft)
}

/// Whose the place seems to be, where the log's unit starts as root and works as somebody else.
pub(super) fn owner_around(place: &Place) -> Option<Account> {
    let way = place.way.real.as_deref().unwrap_or(&place.way);
    let mut around = way
        .nodes
        .iter()
        .rev()
        .chain(&place.inside)
        .chain(&place.beside)
        .filter(|node| node.uid != 0 && node.uid < 60_000);
    if let Some((_, keeper)) = place.keeper.clone()
        && keeper.uid != 0
    {
        return Some(keeper);
    }
    let first = around.next()?;
    around.all(|node| node.uid == first.uid).then(|| Account {
        name: first.owner_name(),
        group: first.group_name(),
        home: String::new(),
        uid: first.uid,
        gids: vec![first.gid],
    })
}
