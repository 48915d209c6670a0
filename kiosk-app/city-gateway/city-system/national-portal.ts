import type { Result } from '@motcua/core';
import { err, ok, vietnamTime } from '@motcua/core';
import { z } from 'zod';
import type { AcceptedDossier, CitySystem, HandoverProblem } from './city-system.ts';

const MAX_ANSWER_BYTES = 1_048_576;
/** Được tiếp nhận, of the national list of statuses. */
const RECEIVED = '2';

const Answer = z.object({ error_code: z.coerce.number().int(), session: z.string().max(2_000).optional() });
/** Numbers or text, one of the ten statuses; older systems leave it out. */
const Found = z.object({
  result: z
    .array(z.object({ MaHoSo: z.string(), TrangThai: z.coerce.number().int().min(1).max(10).catch(2) }))
    .catch([]),
});

export interface NationalPortalOptions {
  /** Where the adapter listens; `login` and `service` are appended. */
  readonly url: string;
  /** `madonvi`: the code of the agency that synchronises. */
  readonly unit: string;
  readonly user: string;
  readonly password: string;
}

/**
 * Hands dossiers to a system that speaks the synchronisation services of the national public service portal:
 * `DongBoHoSoMC` (the dossier), `TraCuuHoSo` (is it there). Modelled on an older public adapter, no official
 * specification was at hand: **provisional**, to be checked against the system of the city before it is used.
 * What this portal takes is the description of a dossier; the papers are fetched by `DuongDanTaiTepTin`, which stays
 * empty until the city names a way, so that no paper leaves by accident.
 *
 * Once only: a dossier that may be there already is looked up by its code and then sent as an update.
 */
export function createNationalPortal(options: NationalPortalOptions): CitySystem {
  const base = options.url.endsWith('/') ? options.url : `${options.url}/`;
  let session: string | undefined;

  const post = async (path: string, body: object, signal: AbortSignal) => {
    const response = await fetch(new URL(path, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    });
    const text = await readCapped(response);
    if (response.status >= 500 || response.status === 429)
      return err(later(`system-http-${response.status}`));
    if (!response.ok) return err(later(`system-refuses-us-${response.status}`));
    try {
      return ok(JSON.parse(text) as unknown);
    } catch {
      return err(later('system-nonsense'));
    }
  };

  const logIn = async (signal: AbortSignal): Promise<Result<string, HandoverProblem>> => {
    if (session !== undefined) return ok(session);
    const answer = await post('login', { username: options.user, password: options.password }, signal);
    if (!answer.ok) return answer;
    const read = Answer.safeParse(answer.value).data;
    if (read?.error_code !== 0 || read.session === undefined) return err(later('system-login-refused'));
    session = read.session;
    return ok(session);
  };

  /** One service call; a session that ran out is replaced once. */
  const call = async (
    service: object,
    signal: AbortSignal,
    retried = false,
  ): Promise<Result<{ readonly code: number; readonly body: unknown }, HandoverProblem>> => {
    const entered = await logIn(signal);
    if (!entered.ok) return entered;
    const answer = await post(
      'service',
      { session: entered.value, madonvi: options.unit, ...service },
      signal,
    );
    if (!answer.ok) return answer;
    const read = Answer.safeParse(answer.value).data;
    if (read === undefined) return err(later('system-nonsense'));
    if (read.error_code === SESSION_OVER && !retried) {
      session = undefined;
      return call(service, signal, true);
    }
    return ok({ code: read.error_code, body: answer.value });
  };

  const lookUp = async (
    dossierCode: string,
    signal: AbortSignal,
  ): Promise<Result<number | null, HandoverProblem>> => {
    const found = await call({ service: 'TraCuuHoSo', MaHoSo: dossierCode }, signal);
    if (!found.ok) return found;
    const { body, code } = found.value;
    if (code !== 0 && code !== NOT_FOUND) return err(later(`system-error-${code}`));
    return ok(
      Found.safeParse(body).data?.result.find((one) => one.MaHoSo === dossierCode)?.TrangThai ?? null,
    );
  };

  return {
    status: lookUp,
    handOver: async (dossier, signal) => {
      const there = await lookUp(dossier.receipt.dossierCode, signal);
      if (!there.ok) return there;
      // Further on than received: an officer has it in hand, and nothing of ours may set it back.
      if (there.value !== null && there.value > Number(RECEIVED)) return ok(there.value);
      const isUpdating = there.value === null ? 'False' : 'True';
      const sent = await call({ service: 'DongBoHoSoMC', isUpdating, data: [describe(dossier)] }, signal);
      if (!sent.ok) return sent;
      if (sent.value.code === 0) return ok(Number(RECEIVED));
      return err({ final: sent.value.code === DATA_REFUSED, code: `system-error-${sent.value.code}` });
    },
  };
}

/** `error_code` values of the simulator, **provisional**: only 0 is known from public sources. */
export const SESSION_OVER = 401;
export const NOT_FOUND = 404;
export const DATA_REFUSED = 422;

/** The fields of `DongBoHoSoMC`. Dates are `yyyyMMddHHmmss` in local time (provisional). */
function describe({ metadata, receipt }: AcceptedDossier): object {
  const owner = metadata.parties.find((one) => one.role === 'owner') ?? metadata.parties[0];
  return {
    MaHoSo: receipt.dossierCode,
    MaTTHC: metadata.procedure.code,
    TenTTHC: metadata.procedure.name,
    MaLinhVuc: '',
    TenLinhVuc: '',
    ChuHoSo: owner?.fullName ?? '',
    /** 1 person, 2 business. */
    LoaiDoiTuong: '1',
    MaDoiTuong: owner?.personNumber ?? '',
    SoDienThoai: '',
    Email: '',
    TrichYeuHoSo: metadata.procedure.name,
    NgayTiepNhan: compactTime(receipt.receivedAt),
    NgayHenTra: receipt.dueAt === null ? '' : compactTime(receipt.dueAt),
    TrangThaiHoSo: RECEIVED,
    /** 0 handed in at the place, 1 by post. */
    HinhThuc: '0',
    DonViXuLy: receipt.settlingUnit,
    GhiChu: '',
    TaiLieuNop: metadata.papers.map((paper) => ({
      TepDinhKemId: paper.document,
      TenTepDinhKem: paper.name,
      IsDeleted: 'False',
      MaThanhPhanHoSo: paper.code,
      DuongDanTaiTepTin: '',
    })),
    DanhSachLePhi: [],
    DanhSachTepDinhKemKhac: [],
    DanhSachHoSoBoSung: [],
    DanhSachGiayToKetQua: [],
  };
}

function compactTime(iso: string): string {
  return vietnamTime(new Date(iso)).iso.slice(0, 19).replace(/[-T:]/g, '');
}

function later(code: string): HandoverProblem {
  return { final: false, code };
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('an answer without end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
