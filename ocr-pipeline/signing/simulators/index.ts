/** Authorities on this machine, for tests and the demo; never imported by production code. */
export { certifyDevice } from './certify-device.ts';
export { type LocalPki, startLocalPki } from './local-pki.ts';
export { hasSoftHsm, openSoftHsm, SOFT_HSM_PIN, type SoftHsm, type SoftKeyKind } from './soft-hsm.ts';
