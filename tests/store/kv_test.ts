import { openKvStore } from "../../lib/store/kv/open.ts";
import { storeConformance } from "../store_conformance.ts";

storeConformance("the key-value store", () => openKvStore("kv::memory:"));
