import type { IdentityView } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { CardToReader } from '../../components/illustrations/card-to-reader.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { cameraInUse, isOutOfOrder } from '../state/devices.ts';
import { useKiosk, useVisit } from '../state/kiosk-context.tsx';
import { CardCamera } from './card-camera.tsx';
import { CardFacts } from './card-facts.tsx';
import { ChipPanel } from './chip-panel.tsx';

export function IdentityScreen() {
  const { t } = useTexts();
  const { visit, send, sending } = useVisit();
  const { identity } = visit;
  if (identity.state === 'waiting' || !identity.card) return <CardWanted />;

  const confirmed = identity.state === 'confirmed';
  const wanted = visit.procedure?.identityLevel ?? 'qr';
  const isKnownEnough = reaches(identity.level, wanted);
  return (
    <Screen
      name="identity"
      title={t(confirmed ? 'identity.confirmed-title' : 'identity.read-title')}
      actions={
        !confirmed && (
          <>
            <ActionButton isPending={sending === 'reject-card'} onPress={() => send({ type: 'reject-card' })}>
              {t('identity.no')}
            </ActionButton>
            <ActionButton
              kind="primary"
              size="large"
              icon="check"
              isDisabled={!isKnownEnough}
              isPending={sending === 'confirm-card'}
              onPress={() => send({ type: 'confirm-card' })}
            >
              {t('identity.yes')}
            </ActionButton>
          </>
        )
      }
    >
      <ScrollArea label={t('identity.read-title')}>
        <div className="stack">
          {identity.problem && <ProblemNotice problem={identity.problem} />}
          <CardFacts card={identity.card} />
          {!confirmed && identity.chip && <ChipPanel chip={identity.chip} isRequired={!isKnownEnough} />}
          {!confirmed && !identity.chip && !isKnownEnough && (
            <Notice tone="warning" role="alert">
              {t('chip.required-none')}
            </Notice>
          )}
          {identity.warnings.map((warning) => (
            <ProblemNotice key={warning.code} problem={warning} />
          ))}
          {identity.reopenedPages > 0 && (
            <Notice tone="good" role="status">
              {t('identity.reopened', { count: identity.reopenedPages })}
            </Notice>
          )}
        </div>
      </ScrollArea>
    </Screen>
  );
}

const LEVELS: readonly IdentityView['level'][] = ['typed', 'qr', 'chip', 'chip-proved'];

const reaches = (level: IdentityView['level'], wanted: IdentityView['level']) =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);

function CardWanted() {
  const { t } = useTexts();
  const { view } = useKiosk();
  const { visit } = useVisit();
  const camera = cameraInUse(view.devices);
  // The picture is asked for all the same: a camera that failed once may give it now.
  const trouble = isOutOfOrder(view.devices, camera ? 'camera' : 'code-reader');
  return (
    <Screen
      name="identity"
      title={t(camera ? 'identity.camera-title' : 'identity.title')}
      lead={t(camera ? 'identity.camera-lead' : 'identity.lead')}
    >
      <div className="card-wanted">
        {camera ? <CardCamera /> : <CardToReader label={t('identity.illustration')} />}
        <div className="stack">
          {visit.identity.problem && <ProblemNotice problem={visit.identity.problem} />}
          {trouble ? (
            <Notice tone="warning" role="alert">
              {t('identity.reader-trouble')}
            </Notice>
          ) : (
            <p className="card-waiting" role="status">
              {t('identity.waiting')}
            </p>
          )}
          {!trouble && <p>{t('identity.side')}</p>}
          <p>{t('identity.no-card')}</p>
        </div>
      </div>
    </Screen>
  );
}
