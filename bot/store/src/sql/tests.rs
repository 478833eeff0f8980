//! Each statement fits the schema: a misspelt column is found here and not at three in the morning.

use incident::Moment;
use sqlx::{Executor, Statement};

use super::ALL;
use crate::Store;

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Moment(0)).await.unwrap();
    let mut conn = store.writer().acquire().await.unwrap();
    for (name, text) in ALL {
        let prepared = (&mut *conn).prepare(sqlx::SqlStr::from_static(text)).await;
        let statement = prepared.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            !text.contains('?'),
            "{name} has a parameter that PostgreSQL does not know"
        );
        assert!(statement.parameters().is_some(), "{name}");
    }
}
