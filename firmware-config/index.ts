export type { CataloguePaper, ServiceField } from './catalogue/catalogue-schema.ts';
export {
  type Catalogue,
  type CatalogueError,
  defaultCatalogueFolder,
  findField,
  findProcedure,
  loadCatalogue,
  type Procedure,
  parseCatalogue,
} from './catalogue/load-catalogue.ts';
export { searchCatalogue } from './catalogue/search-catalogue.ts';
export { type JsonFileError, listProblems, readJsonFile } from './files.ts';
export { listProfiles, loadProfile, type ProfileError } from './profiles/load-profile.ts';
export type {
  CameraProfile,
  ChipReaderProfile,
  CodeReaderProfile,
  PrinterProfile,
  ProfileKind,
  ProfileOf,
  ReaderMode,
  ReaderSetup,
  ScannerProfile,
  ScanSettings,
} from './profiles/profile-schema.ts';
export { scanSettingsFor } from './profiles/scan-settings.ts';
export { settingsForNextStart, withCityConfiguration } from './site/city-configuration.ts';
export { type DemoSite, demoSiteConfig } from './site/demo-site-config.ts';
export { type DeviceConfig, type DeviceRole, roleProfiles } from './site/device-schema.ts';
export {
  type ConfigError,
  loadSiteConfig,
  parseSiteConfig,
  readSiteFile,
  type SiteConfig,
  type SiteSource,
} from './site/load-site-config.ts';
export type { SiteFile } from './site/site-schema.ts';
export { wardName } from './wards/wards.ts';
