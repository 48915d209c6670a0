import { useEffect, useState } from 'react';
import { useTexts } from '../../i18n/text.tsx';

const AGAIN_MS = 2_000;

/** What the camera sees, mirrored as people are used to: it is on as long as this is on the screen. */
export function CardCamera() {
  const { t } = useTexts();
  const [attempt, setAttempt] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!failed) return;
    const timer = setTimeout(() => {
      setAttempt((last) => last + 1);
      setFailed(false);
    }, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [failed]);
  return (
    <div className="card-camera">
      {!failed && (
        <img
          key={attempt}
          src={`/api/camera?attempt=${attempt}`}
          alt={t('identity.camera-picture')}
          onError={() => setFailed(true)}
        />
      )}
      <span className="card-camera-frame" />
    </div>
  );
}
