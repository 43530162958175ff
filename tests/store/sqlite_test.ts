import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { storeConformance } from "../store_conformance.ts";

storeConformance("the SQLite store", () => openSqliteStore(":memory:"));
