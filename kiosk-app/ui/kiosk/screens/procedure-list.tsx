import type { ProcedureView } from '@motcua/contract';
import { useId } from 'react';
import { Button } from 'react-aria-components';
import { Icon } from '../../components/icon.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { useVisit } from '../state/kiosk-context.tsx';

export function ProcedureList({
  label,
  procedures,
}: {
  readonly label: string;
  readonly procedures: readonly ProcedureView[];
}) {
  return (
    <ScrollArea label={label}>
      <ul className="procedures">
        {procedures.map((procedure) => (
          <li key={procedure.code}>
            <ProcedureButton procedure={procedure} />
          </li>
        ))}
      </ul>
    </ScrollArea>
  );
}

function ProcedureButton({ procedure }: { readonly procedure: ProcedureView }) {
  const { say } = useTexts();
  const { send, sending } = useVisit();
  const id = useId();
  return (
    <Button
      className="procedure"
      aria-labelledby={`${id}-name`}
      aria-describedby={`${id}-terms`}
      data-pending={sending === 'choose-service' || undefined}
      onPress={() => send({ type: 'choose-service', procedureCode: procedure.code })}
    >
      <span className="procedure-words">
        <span id={`${id}-name`} className="procedure-name">
          {say(procedure.name)}
        </span>
        <span id={`${id}-terms`} className="small">
          {say(procedure.duration)} · {say(procedure.fee)}
        </span>
      </span>
      <Icon name="next" />
    </Button>
  );
}
