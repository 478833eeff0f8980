//! The index finds what has the words, forgets what is gone, and takes any token for a word.

use proptest::prelude::*;

use super::{Document, Index};

fn document(id: &str, title: &str, body: &str) -> Document {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    Document {
        id: id.to_owned(),
        title: words(title),
        body: words(body),
    }
}

fn tokens(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

async fn ids(index: &Index, text: &str) -> Vec<String> {
    let found = index.search(&tokens(text), 10).await.unwrap();
    found.hits.into_iter().map(|hit| hit.id).collect()
}

#[tokio::test]
async fn a_title_weighs_more_than_a_body() {
    let index = Index::in_memory().await.unwrap();
    let documents = [
        document("a", "other things", "disk of a host"),
        document("b", "disk full", "of a host here"),
        document("c", "磁盘 盘满", "inode =disk nginx.service"),
    ];
    assert_eq!(index.hold(&documents).await.unwrap(), 3);
    assert_eq!(ids(&index, "disk").await, ["b", "a"]);
    assert_eq!(ids(&index, "磁盘").await, ["c"]);
    // A token is one word, whatever is in it.
    assert_eq!(ids(&index, "nginx").await, [""; 0]);
    assert_eq!(ids(&index, "nginx.service =disk").await, ["c"]);
    let found = index
        .search(&tokens("disk full printer"), 10)
        .await
        .unwrap();
    assert_eq!(found.of, 3);
    assert_eq!(found.known.get("disk"), Some(&2));
    assert_eq!(found.known.get("printer"), None);
    assert_eq!(found.hits[0].matched.len(), 2);
}

#[tokio::test]
async fn only_what_changed_is_written() {
    let index = Index::in_memory().await.unwrap();
    let mut documents = vec![document("a", "one", "x"), document("b", "two", "y")];
    assert_eq!(index.hold(&documents).await.unwrap(), 2);
    assert_eq!(index.hold(&documents).await.unwrap(), 0);
    documents[0] = document("a", "three", "x");
    assert_eq!(index.hold(&documents).await.unwrap(), 1);
    assert_eq!(ids(&index, "one").await, [""; 0]);
    assert_eq!(ids(&index, "three").await, ["a"]);
    documents.pop();
    assert_eq!(index.hold(&documents).await.unwrap(), 1);
    assert_eq!(ids(&index, "two y").await, [""; 0]);
    assert_eq!(index.add(&[document("b", "two", "y")]).await.unwrap(), 1);
    assert_eq!(ids(&index, "y x").await.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_token_is_an_operator(
        wild in proptest::collection::vec("[ -~\u{4e00}-\u{4e10}\u{0}\u{7f}é*\"']{0,12}", 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let index = Index::in_memory().await.unwrap();
            index.hold(&[document("a", "disk NEAR", "AND OR NOT")]).await.unwrap();
            index.add(&[Document { id: "b".to_owned(), title: wild.clone(), body: wild.clone() }]).await.unwrap();
            let _found = index.search(&wild, 5).await.unwrap();
        });
    }
}
