//! What a model chose is told as long as it is there, and chosen anew once it is old.

use std::collections::BTreeSet;

use crate::account::Source;
use crate::account::tests::Story;
use crate::{Fact, Moment};

#[test]
fn what_was_chosen_is_told_as_long_as_it_is_there() {
    let mut story = Story::found();
    let choose = |story: &mut Story, statements: &[Source]| {
        let model = crate::wording::Model {
            endpoint: "fast".to_owned(),
            model: "small".to_owned(),
        };
        let highlights = Box::new(crate::wording::Highlights {
            model: Some(model).filter(|_| !statements.is_empty()),
            statements: statements.to_vec(),
            facts: story.facts.len() as u64,
            said: story.remarks.iter().map(|one| one.at).max(),
            failures: Vec::new(),
        });
        let spent = crate::Spent::default();
        story.push(Fact::Highlighted { highlights, spent });
    };
    assert!(story.account().choices().is_empty(), "it is short");
    for n in 0..8 {
        story.said("bo", 60_500 + n, Some("hm"));
    }
    let account = story.account();
    let choices = account.choices();
    // Two of the host's statements rest on the same fact: it is offered once.
    let sources: BTreeSet<&Source> = choices.iter().map(|one| &one.source).collect();
    assert_eq!((choices.len(), sources.len()), (11, 11));
    assert_eq!(account.highlights, None);

    let remark = |n: usize| Source::Remark(format!("slack:T1:C1:{n}"));
    let nowhere = Source::Remark("slack:T1:C1:99".to_owned());
    choose(&mut story, &[remark(4), Source::Fact(2), nowhere]);
    let told = |story: &Story| {
        let chosen = story.account().highlights.unwrap();
        let sources = chosen.statements.into_iter().map(|one| one.source);
        (sources.collect::<Vec<Source>>(), chosen.fresh)
    };
    // In the order in which they are told, whatever the order of the choice.
    assert_eq!(told(&story), (vec![Source::Fact(2), remark(4)], true));
    // That a model gave no answer later takes nothing away.
    choose(&mut story, &[]);
    assert_eq!(told(&story), (vec![Source::Fact(2), remark(4)], true));
    for n in 0..3 {
        assert!(told(&story).1, "two words are no news");
        story.said("bo", 900_000 + n, Some("look"));
    }
    assert!(!told(&story).1, "much was said since");
    choose(&mut story, &[remark(4), Source::Fact(2)]);
    assert!(told(&story).1);
    // What is done at that moment is newer, whatever its time.
    story.on_it("ana");
    story.facts.last_mut().unwrap().0 = Moment(0);
    assert_eq!(told(&story), (vec![Source::Fact(2), remark(4)], false));
    // What somebody took back is told no more.
    story.remarks[4].text = None;
    assert_eq!(told(&story).0, [Source::Fact(2)]);
}
