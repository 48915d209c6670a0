export { catalogueSort } from './city-catalogue.ts';
export { configurationSort } from './city-configuration.ts';
export type { CityContentReport } from './city-content.ts';
export { type DocumentSort, readCityDocuments } from './city-document.ts';
