//! What a machine leaves on the disk and finds there again.

use super::*;
use crate::journal::Entry;
use commerce::catalogue::Catalogue;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::secret_store::{SecretStore, SecretValues};
use lambda_kit::shops::Shops;
use lambda_kit::{clock, way_out};
use std::collections::BTreeMap;

/// A folder of this test's own; gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn create() -> Self {
        let folder = std::env::temp_dir().join(format!("hopkenh-machine-{:x}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _what_is_left_does_no_harm = std::fs::remove_dir_all(&self.0);
    }
}

fn settings(data: &Path) -> Settings {
    let shops = Shops::new(Catalogue::default(), BTreeMap::new(), BTreeMap::new());
    let gateway = way_out::gateway(channels::outside::Outside::Public, clock::system()).unwrap();
    Settings {
        shops: ShopSource::Fixed(shops),
        gateway: Arc::new(gateway),
        clock: clock::system(),
        data: Some(data.to_owned()),
        archive: data.join("archive"),
        lookup_workers: 1,
        observer: None,
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_look_into_what_a_machine_keeps() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::create();
    let rights = |folder: &Path| std::fs::metadata(folder).unwrap().permissions().mode() & 0o777;
    let open_to_all = |folder: &Path| {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    open_to_all(&scratch.0);
    let (new, old) = (scratch.0.join("new"), scratch.0.join("old"));
    // As earlier versions left it.
    ["", "archive", "secrets"].iter().for_each(|name| open_to_all(&old.join(name)));
    for data in [new, old] {
        let _machine = Machine::start(settings(&data)).await.unwrap();
        let archive = Objects::Folder(data.join("archive"));
        archive.put("parked/demo/body", b"a buyer's name".to_vec()).await.unwrap();
        let (shop, web) = (ShopId::new("demo").unwrap(), ConnectionId::new("web").unwrap());
        SecretStore::Folder(data.join("secrets")).put(&shop, &web, &SecretValues::new()).await.unwrap();
        for name in ["", "archive", "archive/parked", "archive/parked/demo", "secrets", "secrets/demo"] {
            let folder = data.join(name);
            assert_eq!(rights(&folder), 0o700, "{}", folder.display());
        }
    }
    assert_eq!(rights(&scratch.0), 0o755, "the folder it all lies in is the user's");
}

#[tokio::test]
async fn what_is_kept_for_a_queue_that_is_gone_is_not_dropped_in_silence() {
    let scratch = Scratch::create();
    let journal = Journal::in_file(&scratch.0.join("queues.sqlite")).unwrap();
    let entry = Entry { queue: "gone".into(), message_id: "1".into(), body: "x".into(), group: None };
    journal.add(&[entry]).unwrap();
    let refused = Machine::start(settings(&scratch.0)).await.err().unwrap();
    assert!(refused.to_string().contains("gone"), "{refused}");
    assert_eq!(journal.pending_count().unwrap(), 1);
}
