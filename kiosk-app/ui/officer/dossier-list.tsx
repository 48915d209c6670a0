import type { OfficerDossierSummary } from '@motcua/contract';
import { Checkbox, GridList, GridListItem, type Selection } from 'react-aria-components';
import { Icon } from '../components/icon.tsx';
import { useOfficerTexts } from './texts.tsx';

export function DossierList({
  dossiers,
  isLoading,
  empty,
  open,
  onOpen,
  selection,
  settled,
  onSelect,
}: {
  readonly dossiers: readonly OfficerDossierSummary[];
  readonly isLoading: boolean;
  readonly empty: string;
  readonly open: string | null;
  readonly onOpen: (id: string) => void;
  /** Null where nothing can be signed together. */
  readonly selection: ReadonlySet<string> | null;
  /** Not to be selected any more. */
  readonly settled: readonly string[];
  readonly onSelect: (selection: ReadonlySet<string>) => void;
}) {
  const { t } = useOfficerTexts();
  const ids = dossiers.map((one) => one.id).filter((id) => !settled.includes(id));
  const chosen = ids.filter((id) => selection?.has(id));
  return (
    <>
      {selection && ids.length > 1 && (
        <Checkbox
          className="select-all"
          isSelected={chosen.length === ids.length}
          isIndeterminate={chosen.length > 0 && chosen.length < ids.length}
          onChange={(all) => onSelect(new Set(all ? ids : []))}
        >
          <span className="box" aria-hidden="true">
            <Icon name="check" />
          </span>
          {t('list.select-all')}
        </Checkbox>
      )}
      <GridList
        aria-label={t('list.label')}
        className="dossier-list"
        selectionMode={selection ? 'multiple' : 'none'}
        selectedKeys={chosen}
        disabledKeys={settled}
        disabledBehavior="selection"
        onSelectionChange={(keys: Selection) =>
          onSelect(new Set(keys === 'all' ? ids : [...keys].map(String)))
        }
        onAction={(key) => onOpen(String(key))}
        renderEmptyState={() => (isLoading ? null : <p className="list-empty soft">{empty}</p>)}
      >
        {dossiers.map((one) => (
          <GridListItem
            key={one.id}
            id={one.id}
            textValue={`${one.submitter}, ${one.procedure}`}
            className={`dossier-row${open === one.id ? ' open' : ''}`}
          >
            {selection && !settled.includes(one.id) && (
              <Checkbox
                slot="selection"
                className="row-box"
                aria-label={t('list.select', { name: one.submitter })}
              >
                <span className="box" aria-hidden="true">
                  <Icon name="check" />
                </span>
              </Checkbox>
            )}
            <Row dossier={one} />
          </GridListItem>
        ))}
      </GridList>
    </>
  );
}

function Row({ dossier }: { readonly dossier: OfficerDossierSummary }) {
  const { t, moment } = useOfficerTexts();
  return (
    <div className="row-words">
      <p className="row-head">
        <strong>{dossier.submitter}</strong>
        {dossier.ticketNumber && <span className="ticket">{dossier.ticketNumber}</span>}
      </p>
      <p className="row-procedure" lang="vi">
        {dossier.procedure}
      </p>
      <p className="soft">
        {moment(dossier.submittedAt)} · {t('list.sizes', { papers: dossier.papers, pages: dossier.pages })}
      </p>
      {dossier.state === 'waiting'
        ? dossier.doubtful > 0 && (
            <p className="row-doubtful">
              <Icon name="warning" />
              {t('list.doubtful', { count: dossier.doubtful })}
            </p>
          )
        : dossier.state !== 'rejected' && (
            <p className={`row-city ${dossier.city}`}>
              <Icon name={dossier.city === 'accepted' ? 'check' : 'clock'} />
              {t(`city.${dossier.city}`)}
            </p>
          )}
    </div>
  );
}
