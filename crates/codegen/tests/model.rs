//! A good design is resolved; everything that is wrong with a bad one is said, at its place.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

#[test]
fn a_design_with_every_key_is_accepted() {
    let model = common::check(&common::maximal()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(model.entities.len(), 3);
    assert_eq!(model.entities[0].relations[1].key, "tagIds");
    assert_eq!(model.seed_records.iter().map(|seed| seed.id.as_str()).collect::<Vec<_>>(), ["sd-tag", "sd-car", "sd-part", "sd-booking"]);
}

#[test]
fn every_example_is_accepted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "json") {
            let design = slipform_codegen::design::parse(&std::fs::read(&path).unwrap());
            let model = design.and_then(slipform_codegen::model::Model::check);
            assert!(model.is_ok(), "{}: {:#?}", path.display(), model.err());
            seen += 1;
        }
    }
    assert!(seen >= 4);
}
