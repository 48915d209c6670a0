export { hasSoftHsm, openSoftHsm, SOFT_HSM_PIN, type SoftHsm, type SoftKeyKind } from './soft-hsm.ts';
